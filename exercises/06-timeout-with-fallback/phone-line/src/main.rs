//! A customer asks for three flights, one after the other, then another one asks for five at once. The flight to Oslo is slow.

use std::thread;
use std::time::{Duration, Instant};

use phone_line::Line;

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn main() {
    let price = |city: &str| {
        thread::sleep(if city == "Oslo" { ms(350) } else { ms(100) });
        format!("{city} costs {}", 40 + 10 * city.len())
    };
    let or_call_back = |price: Option<String>| price.unwrap_or("we will call you back".to_owned());
    let mut line = Line::open(price);
    for city in ["Rome", "Oslo", "Lisbon"] {
        let price = or_call_back(line.ask(city, ms(300)));
        println!("{city}: {price}");
    }
    let (cities, start) = (["Bern", "Oslo", "Paris", "Vienna", "Madrid"], Instant::now());
    let prices = line.ask_all(cities.to_vec(), ms(500));
    let took = start.elapsed().as_secs_f64();
    for (city, price) in cities.into_iter().zip(prices) {
        println!("{city}: {}", or_call_back(price));
    }
    println!("five prices, after {took:.1} s");
}
