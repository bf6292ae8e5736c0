//! What a preset says in each language: a table a language, `[en]`, `[fr]`, `[pt-BR]`, beside the preset's other fields.
//!
//! What a language lacks is said in English, field by field.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    marker::PhantomData,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor, value::StringDeserializer},
};

use super::Lang;

/// The sentences of one language.
pub trait Wording: for<'de> Deserialize<'de> {
    /// A needed field that is missing.
    fn missing(&self) -> Option<&'static str>;

    /// Takes what is missing from another language.
    fn fill(&mut self, from: &Self);
}

/// Takes a field from another language where this one has none.
pub(super) fn fill<T: Clone + Default + PartialEq>(field: &mut T, from: &T) {
    if *field == T::default() {
        field.clone_from(from);
    }
}

/// A single sentence.
impl Wording for String {
    fn missing(&self) -> Option<&'static str> {
        None
    }

    fn fill(&mut self, _: &Self) {}
}

/// What a preset says, by language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByLang<T> {
    /// English; in a file without it, the first language that is there.
    base: T,
    /// The languages of the file, filled up.
    all: BTreeMap<Lang, T>,
    /// The languages that lack nothing of what the base says.
    whole: BTreeSet<Lang>,
}

impl<T> ByLang<T> {
    /// The words in a language, or in English.
    pub fn get(&self, lang: Lang) -> &T {
        self.all.get(&lang).unwrap_or(&self.base)
    }

    /// Whether all of it is said in a language, so that nothing is filled in from another.
    pub fn is_whole(&self, lang: Lang) -> bool {
        self.whole.contains(&lang)
    }

    /// The words in each language of the file.
    pub fn iter(&self) -> impl Iterator<Item = (Lang, &T)> {
        self.all.iter().map(|(lang, words)| (*lang, words))
    }
}

impl<T: Default> Default for ByLang<T> {
    fn default() -> Self {
        Self { base: T::default(), all: BTreeMap::new(), whole: BTreeSet::new() }
    }
}

/// Reads a preset that has words: `read` reads its other fields, `S` are its words.
///
/// # Errors
/// As the preset's own, and where no language is there or English lacks a field.
pub(super) fn with_words<'de, D, P, T>(
    source: D,
    read: impl FnOnce(Fields<'_, D, T>) -> Result<P, D::Error>,
) -> Result<(P, ByLang<T>), D::Error>
where
    D: Deserializer<'de>,
    T: Wording + Clone + PartialEq,
{
    let mut all = BTreeMap::new();
    let preset = read(Fields { source, words: &mut all })?;
    let first = all.get(&Lang::EN).or_else(|| all.values().next());
    let base = first.cloned().ok_or_else(|| D::Error::missing_field("en"))?;
    if let Some(field) = base.missing() {
        return Err(D::Error::missing_field(field));
    }
    let mut whole = BTreeSet::new();
    for (lang, words) in &mut all {
        let own = words.clone();
        words.fill(&base);
        if *words == own {
            whole.insert(*lang);
        }
    }
    Ok((preset, ByLang { base, all, whole }))
}

/// A preset without its words, which are put aside.
pub(super) struct Fields<'a, D, T> {
    source: D,
    words: &'a mut BTreeMap<Lang, T>,
}

impl<'de, D: Deserializer<'de>, T: Wording> Deserializer<'de> for Fields<'_, D, T> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.source.deserialize_map(Sorter { fields, words: self.words, visitor })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.source.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Sorts the keys of a table into fields and languages.
struct Sorter<'a, V, T> {
    fields: &'static [&'static str],
    words: &'a mut BTreeMap<Lang, T>,
    visitor: V,
}

impl<'de, V: Visitor<'de>, T: Wording> Visitor<'de> for Sorter<'_, V, T> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Sorted { map, fields: self.fields, words: self.words })
    }
}

/// The fields of a table; its languages are put aside as they come.
struct Sorted<'a, A, T> {
    map: A,
    fields: &'static [&'static str],
    words: &'a mut BTreeMap<Lang, T>,
}

impl<'de, A: MapAccess<'de>, T: Wording> MapAccess<'de> for Sorted<'_, A, T> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.map.next_key_seed(KeySeed { fields: self.fields })? {
                None => return Ok(None),
                Some(PresetKey::Field(name)) => {
                    let name: StringDeserializer<A::Error> = name.into_deserializer();
                    return seed.deserialize(name).map(Some);
                }
                Some(PresetKey::Language(lang)) => {
                    let words = self.map.next_value_seed(WordsSeed { lang, words: PhantomData })?;
                    self.words.insert(lang, words);
                }
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A key of a preset.
enum PresetKey {
    Field(String),
    Language(Lang),
}

/// Reads a key: a field's, a language's, or one that is refused.
struct KeySeed {
    fields: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = PresetKey;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<PresetKey, D::Error> {
        let name = String::deserialize(source)?;
        if self.fields.contains(&name.as_str()) {
            return Ok(PresetKey::Field(name));
        }
        if let Some(lang) = language(&name) {
            return Ok(PresetKey::Language(lang));
        }
        let known: Vec<String> = self.fields.iter().map(|field| format!("`{field}`")).collect();
        let languages: Vec<String> = Lang::builtin().map(|lang| format!("`{lang}`")).collect();
        // As serde says it.
        Err(D::Error::custom(format!(
            "unknown field `{name}`, expected one of {}, {}",
            known.join(", "),
            languages.join(", ")
        )))
    }
}

/// The language that a key names. Three letters are a slip more often than a language: only that of a built-in text counts.
fn language(key: &str) -> Option<Lang> {
    let is_short = key.split('-').next().is_some_and(|language| language.len() == 2);
    Lang::of_tag(key).filter(|lang| is_short || Lang::builtin().any(|known| known == *lang))
}

/// Reads the words of a language. English has to be whole.
struct WordsSeed<T> {
    lang: Lang,
    words: PhantomData<T>,
}

impl<'de, T: Wording> DeserializeSeed<'de> for WordsSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<T, D::Error> {
        let words = T::deserialize(source)?;
        match words.missing().filter(|_| self.lang == Lang::EN) {
            Some(field) => Err(D::Error::missing_field(field)),
            None => Ok(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::presets::{Cause, EgressFacts, Lang, PresetFault, Provider, parse};

    const FACTS: &str = "name = 'X'\ncategory = 'relay'\nchecked = '2026-11'\n";

    fn provider(words: &str) -> Result<Provider, PresetFault> {
        parse("x.toml", &format!("{FACTS}{words}"))
    }

    fn lang(tag: &str) -> Lang {
        Lang::of_tag(tag).unwrap()
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english() {
        let words = "[en]\nsummary = 'a relay'\nsteps = ['Open it']\n[pt-BR]\nsummary = 'um relé'\n[xx]\nsteps = ['Xxx']\n";
        let provider = provider(words).unwrap();
        let said = |tag: &str| {
            let words = provider.guidance(lang(tag));
            (words.summary.as_str(), words.steps.join(" "))
        };
        assert_eq!(said("en"), ("a relay", "Open it".into()));
        assert_eq!(said("pt-BR"), ("um relé", "Open it".into()));
        assert_eq!(said("xx"), ("a relay", "Xxx".into()));
        assert_eq!(said("de"), ("a relay", "Open it".into()));
        assert!(provider.words.is_whole(Lang::EN));
        assert!(["pt-BR", "xx", "de"].iter().all(|tag| !provider.words.is_whole(lang(tag))));
    }

    #[test]
    fn a_file_of_ones_own_may_have_one_language_alone() {
        let only = provider("[fr]\nsummary = 'un relais'\n").unwrap();
        assert_eq!(only.guidance(Lang::EN).summary, "un relais");
        for (wrong, field) in
            [("", "en"), ("[fr]\nintro = 'x'\n", "summary"), ("[en]\nintro = 'x'\n[fr]\nsummary = 'x'\n", "summary")]
        {
            let fault = provider(wrong).unwrap_err();
            assert_eq!(fault.cause.to_string(), format!("missing field `{field}`"), "{wrong}");
        }
        assert_eq!(provider("[fr]\nsummary = 'x'\n[en]\nintro = 'x'\n").unwrap_err().line, Some(6));
    }

    #[test]
    fn a_slip_is_no_language() {
        for (slip, near) in [("frr", Some("fr")), ("sumary", None), ("provider", None), ("Fr", Some("fr"))] {
            let fault = provider(&format!("[en]\nsummary = 'x'\n[{slip}]\nsummary = 'x'\n")).unwrap_err();
            assert_eq!((fault.line, fault.nearest.as_deref()), (Some(6), near), "{slip}: {}", fault.cause);
        }
        assert_eq!(provider("[en]\nsummary = 'x'\n[xx]\nsumary = 'x'\n").unwrap_err().nearest.as_deref(), Some("summary"));
        assert_eq!(provider("mx = 1\n[en]\nsummary = 'x'\n").unwrap_err().line, Some(4));
    }

    #[test]
    fn variants_and_hosters_have_languages_too() {
        let cause = "checked = '2026-11'\n[[match]]\ncode = ['5xx']\n[en]\ntitle = 'T'\nmeaning = 'M'\nsteps = ['S']\ntell = 'W'\n\
                     [de]\ntitle = 'D'\n[[variant]]\nwhen = { port = [25] }\n[variant.en]\ntitle = 'V'\n[variant.de]\nfix = 'F'\n";
        let cause: Cause = parse("x.toml", cause).unwrap();
        let (words, variant) = (cause.words(lang("de")), cause.variants[0].words(lang("de")));
        assert_eq!((words.title.as_str(), words.meaning.as_str()), ("D", "M"));
        assert_eq!((variant.title.as_deref(), variant.fix.as_deref()), (Some("V"), Some("F")));
        let egress = "checked = '2026-11'\nports = [25]\n[[hoster]]\nname = 'X'\nports = [25]\nchecked = '2026-11'\nen = 'opens it'\nde = 'öffnet ihn'\n";
        let egress: EgressFacts = parse("x.toml", egress).unwrap();
        assert_eq!((egress.hosters[0].way(lang("de")), egress.hosters[0].way(lang("fr"))), ("öffnet ihn", "opens it"));
    }
}
