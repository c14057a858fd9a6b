fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

fn main() {
    let text = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    println!("{} words", count(&text));
}

#[test]
fn counts_words() {
    assert_eq!(count("one  two\tthree"), 3);
}
