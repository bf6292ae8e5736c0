//! Packed values; `build.rs` says how they are written.

/// A packed value; lists and tables are read further when that is asked for.
#[derive(Debug, Clone)]
pub(crate) enum PackedValue {
    /// A string.
    Text(&'static str),
    /// An integer, as it was written: decimal.
    Integer(&'static str),
    /// Yes or no.
    Flag(bool),
    /// A list.
    List(PackedItems),
    /// A table.
    Table(PackedEntries),
}

/// The values of a list.
#[derive(Debug, Clone)]
pub(crate) struct PackedItems(&'static str);

/// The keys and values of a table.
#[derive(Debug, Clone)]
pub(crate) struct PackedEntries(&'static str);

impl PackedValue {
    /// The string that it is.
    pub(crate) fn string(&self) -> Option<&'static str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The strings in a list.
    pub(crate) fn strings(&self) -> Vec<&'static str> {
        if let Self::List(items) = self { items.clone().filter_map(|item| item.string()).collect() } else { Vec::new() }
    }
}

impl PackedEntries {
    /// The table that a packed text is.
    pub(crate) const fn of(text: &'static str) -> Self {
        Self(text)
    }
}

impl Iterator for PackedItems {
    type Item = PackedValue;

    fn next(&mut self) -> Option<PackedValue> {
        value(&mut self.0)
    }
}

impl Iterator for PackedEntries {
    type Item = (&'static str, PackedValue);

    fn next(&mut self) -> Option<Self::Item> {
        Some((text(&mut self.0)?, value(&mut self.0)?))
    }
}

fn value(rest: &mut &'static str) -> Option<PackedValue> {
    let (kind, after) = rest.split_at_checked(1)?;
    *rest = after;
    Some(match kind {
        "s" => PackedValue::Text(text(rest)?),
        "i" => PackedValue::Integer(text(rest)?),
        "l" => PackedValue::List(PackedItems(text(rest)?)),
        "o" => PackedValue::Table(PackedEntries(text(rest)?)),
        _ => PackedValue::Flag(kind == "t"),
    })
}

/// A length, and as many bytes.
fn text(rest: &mut &'static str) -> Option<&'static str> {
    let (mut length, mut shift) = (0, 0);
    let last = rest.bytes().position(|byte| {
        length |= usize::from(byte & 63) << shift;
        shift += 6;
        byte & 64 == 0
    })?;
    let (text, after) = rest.get(last + 1..)?.split_at_checked(length)?;
    *rest = after;
    Some(text)
}
