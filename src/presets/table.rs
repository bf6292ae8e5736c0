//! The long tail: e-mail domains with their settings, one line each in `presets/domains.tsv`, found by bisection.

use super::provider::UsernameForm;
use crate::{mail::Endpoint, packed::Packed};

/// The lines in the order of their domains' bytes.
static TABLE: Packed = Packed::new(include_bytes!(concat!(env!("OUT_DIR"), "/domains")));

/// What the table knows of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Submission servers, first choice first.
    pub smtp: Vec<Endpoint>,
    /// IMAP servers, first choice first.
    pub imap: Vec<Endpoint>,
    /// How the login name is made.
    pub username: RowUsername,
    /// The provider whose guidance holds here too, by key.
    pub provider: Option<&'static str>,
    /// Something has to be switched on in the account first.
    pub prepare: bool,
    /// No password of any kind works, by report.
    pub unusable: bool,
    /// The servers take OAuth 2.0 tokens alone.
    pub oauth: bool,
    /// The provider's own page.
    pub docs: Option<&'static str>,
}

/// How a login name of the table is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowUsername {
    /// As with a provider.
    Form(UsernameForm),
    /// The address with a dot in place of the `@`.
    LocalDomain,
}

/// The row of a domain, given in lower case and in the form that DNS takes.
pub fn row_of_domain(domain: &str) -> Option<Row> {
    let line = TABLE.line_of(domain)?;
    // Domains with the same settings name the first one of them.
    let line = line.strip_prefix('=').map_or(Some(line), |first| TABLE.line_of(first))?;
    parse(line)
}

/// Every domain of the table, in order, with what stands behind it: for tests.
pub fn domains() -> impl Iterator<Item = (&'static str, Option<Row>)> {
    lines().filter_map(|line| line.split_once('\t')).map(|(domain, _)| (domain, row_of_domain(domain)))
}

/// Every domain of the table, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    lines().filter_map(|line| line.split_once('\t')).map(|(domain, _)| domain)
}

/// The biggest mailbox domains, biggest first: what people most often mean.
pub fn biggest() -> impl Iterator<Item = &'static str> {
    include_str!("../../presets/biggest.txt").lines().filter(|line| !line.starts_with('#'))
}

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.text().lines()
}

fn parse(line: &'static str) -> Option<Row> {
    let mut fields = line.split('\t');
    let mut field = || fields.next().map(|field| if field == "-" { "" } else { field });
    let (smtp, imap, username, provider, marks, docs) = (field()?, field()?, field()?, field()?, field()?, field()?);
    let endpoints = |field: &str| field.split_whitespace().map(endpoint).collect::<Option<Vec<_>>>();
    let marked = |mark: &str| marks.split_whitespace().any(|word| word == mark);
    let filled = |field: &'static str| Some(field).filter(|field| !field.is_empty());
    Some(Row {
        smtp: endpoints(smtp)?,
        imap: endpoints(imap)?,
        username: match username {
            "address" => RowUsername::Form(UsernameForm::Address),
            "local" => RowUsername::Form(UsernameForm::Local),
            "local.domain" => RowUsername::LocalDomain,
            _ => return None,
        },
        provider: filled(provider),
        prepare: marked("prepare"),
        unusable: marked("unusable"),
        oauth: marked("oauth"),
        docs: filled(docs),
    })
}

/// Reads `security:host:port`.
fn endpoint(word: &str) -> Option<Endpoint> {
    let (security, rest) = word.split_once(':')?;
    let (host, port) = rest.rsplit_once(':')?;
    Some(Endpoint { host: host.to_owned(), port: port.parse().ok()?, security: security.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_understood() {
        let mut last = "";
        let mut count = 0;
        for (domain, row) in domains() {
            assert!(last.as_bytes() < domain.as_bytes(), "{domain} stands behind {last}");
            assert!(row.is_some(), "{domain}");
            last = domain;
            count += 1;
        }
        assert!(count > 400, "{count}");
        for unknown in ["", "a", "zzz.zz", "#", "126.co", "126.com.", "# E-mail domains"] {
            assert_eq!(row_of_domain(unknown), None, "{unknown}");
        }
    }
}
