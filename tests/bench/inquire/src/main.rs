//! Asks one question by inquire.

fn main() {
    drop(inquire::Text::new("SMTP server:").prompt());
}
