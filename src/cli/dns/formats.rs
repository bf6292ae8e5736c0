//! The records to add, as the programs want them that keep zones in files. Names are relative to the zone.
//!
//! octoDNS and Terraform keep all texts of a name together: those that stay are there too.

use std::fmt::Write as _;

use crate::{
    dns::{DomainReport, MissingRecord},
    mail::{reply::escape_json, word::words},
    phrase,
    presets::Text,
    render::domain::quoted,
};

/// How long an answer may be kept, in seconds.
const TTL: u32 = 3600;

words! {
    /// What records are written for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in super::super) enum RecordFormat {
        /// A zone file (RFC 1035, 5).
        Zone = "zone",
        /// The YAML of octoDNS.
        Octodns = "octodns",
        /// The JavaScript of `DNSControl`.
        Dnscontrol = "dnscontrol",
        /// The HCL of Terraform, for its provider `dns` (RFC 2136).
        Terraform = "terraform",
    }
}

impl RecordFormat {
    /// The file's text; empty where nothing is to be added.
    pub(super) fn write(self, text: &Text, report: &DomainReport) -> String {
        let apex = report.zone.as_ref().map_or(report.domain.as_str(), |zone| &zone.apex);
        let relative = |name: &str| match &report.zone {
            Some(zone) => zone.relative(name).to_owned(),
            None => name.strip_suffix(apex).map_or(name, |front| front.trim_end_matches('.')).to_owned(),
        };
        let mut records: Vec<(String, &MissingRecord)> =
            report.to_add().map(|record| (relative(&record.name), record)).collect();
        // octoDNS wants them in order.
        records.sort_by(|(one, _), (other, _)| one.cmp(other));
        if records.is_empty() {
            return String::new();
        }
        let body: String = records.iter().map(|(name, record)| self.record(text, apex, name, record)).collect();
        match self {
            Self::Zone => format!("$ORIGIN {apex}.\n{body}"),
            Self::Octodns => format!("---\n{body}"),
            Self::Dnscontrol => format!("D_EXTEND({},\n{body});\n", string(apex)),
            Self::Terraform => body,
        }
    }

    /// One record, with what is to be known of it as a comment.
    fn record(self, text: &Text, apex: &str, name: &str, record: &MissingRecord) -> String {
        let sign = match self {
            Self::Zone => ";",
            Self::Dnscontrol => "  //",
            Self::Octodns | Self::Terraform => "#",
        };
        let name = if name.is_empty() && matches!(self, Self::Zone | Self::Dnscontrol) { "@" } else { name };
        let Some(value) = &record.value else {
            let kind = &record.kind;
            return format!("{sign} {name} {kind} {}\n", text.get("dns-value-at-provider"));
        };
        let replaces = record.replaces.as_ref().map(|old| text.say(&phrase!("dns-replaces", record = old)));
        let mut out = replaces.map(|said| format!("{sign} {said}\n")).unwrap_or_default();
        let is_text = record.kind == "TXT";
        // A name that is not below the zone has a dot at its end.
        let target = if is_text { value.clone() } else { format!("{value}.") };
        let _ = match self {
            Self::Zone => {
                let value = if is_text { quoted(&target) } else { target };
                writeln!(out, "{name}\t{TTL}\tIN\t{}\t{value}", record.kind)
            }
            Self::Dnscontrol => writeln!(out, "  {}({}, {}),", record.kind, string(name), string(&target)),
            Self::Octodns => octodns(&mut out, name, record, &target),
            Self::Terraform => terraform(&mut out, apex, name, record, &target),
        };
        out
    }
}

fn octodns(out: &mut String, name: &str, record: &MissingRecord, target: &str) -> std::fmt::Result {
    let kind = &record.kind;
    writeln!(out, "{}:\n  ttl: {TTL}\n  type: {kind}", string(name))?;
    if kind != "TXT" {
        return writeln!(out, "  value: {}", string(target));
    }
    writeln!(out, "  values:")?;
    let mut values: Vec<&str> = record.beside.iter().map(String::as_str).chain([target]).collect();
    values.sort_unstable();
    // It takes a semicolon for a comment's begin, as zone files do.
    values.iter().try_for_each(|value| writeln!(out, "    - {}", string(&value.replace(';', "\\;"))))
}

fn terraform(out: &mut String, apex: &str, name: &str, record: &MissingRecord, target: &str) -> std::fmt::Result {
    let is_text = record.kind == "TXT";
    let resource = if is_text { "dns_txt_record_set" } else { "dns_cname_record" };
    let label: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let label = if label.is_empty() { "apex" } else { label.trim_start_matches('_') };
    writeln!(out, "resource \"{resource}\" \"mail_{label}\" {{\n  zone = {}", string(&format!("{apex}.")))?;
    if !name.is_empty() {
        writeln!(out, "  name = {}", string(name))?;
    }
    if is_text {
        writeln!(out, "  ttl  = {TTL}\n  txt = [")?;
        let values = record.beside.iter().map(String::as_str).chain([target]);
        values.map(template).try_for_each(|value| writeln!(out, "    {value},"))?;
        writeln!(out, "  ]\n}}")
    } else {
        writeln!(out, "  ttl   = {TTL}\n  cname = {}\n}}", template(target))
    }
}

/// A string in double quotes, as JSON, YAML and JavaScript have it.
fn string(text: &str) -> String {
    escape_json(&serde_json::Value::from(text).to_string())
}

/// The same for HCL, where `${` and `%{` begin an expression: an SPF macro is none.
fn template(text: &str) -> String {
    string(text).replace("${", "$${").replace("%{", "%%{")
}
