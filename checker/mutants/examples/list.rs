//! Prints the mutants of a file: `cargo run -p mutants --example list -- FILE`.

fn main() -> anyhow::Result<()> {
    let file = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("name a file of Rust"))?;
    for mutant in mutants::mutants(&std::fs::read_to_string(file)?)? {
        println!("{:16} {}:{}  {}", mutant.operator.name(), mutant.function, mutant.line, mutant.change());
    }
    Ok(())
}
