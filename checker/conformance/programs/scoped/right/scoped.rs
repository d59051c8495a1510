//! Two scoped threads borrow the halves.
pub fn sum(v: Vec<i32>) -> i32 {
    let (left, right) = v.split_at(v.len() / 2);
    std::thread::scope(|scope| {
        let left = scope.spawn(|| left.iter().sum::<i32>());
        let right = scope.spawn(|| right.iter().sum::<i32>());
        left.join().unwrap() + right.join().unwrap()
    })
}
