//! Parts of octets behind each other, so that what `build.rs` wrote is used where it lies.

/// Numbers of four octets, little-endian.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a>(&'a [[u8; 4]]);

/// Groups of numbers: where each group begins, one more that closes the last, and their members.
#[derive(Debug, Clone, Copy)]
pub(super) struct Groups<'a> {
    starts: Numbers<'a>,
    members: Numbers<'a>,
}

/// Texts behind each other, with where each begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    starts: Numbers<'a>,
    text: &'a [u8],
}

impl<'a> Numbers<'a> {
    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    pub(super) fn get(self, at: usize) -> usize {
        u32::from_le_bytes(self.0[at]) as usize
    }

    /// From this number to the next one.
    pub(super) fn range(self, at: usize) -> std::ops::Range<usize> {
        self.get(at)..self.get(at + 1)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = usize> + 'a {
        self.0.iter().map(|octets| u32::from_le_bytes(*octets) as usize)
    }
}

impl<'a> Groups<'a> {
    pub(super) fn of(self, group: usize) -> impl Iterator<Item = usize> + 'a {
        self.numbers(group).iter()
    }

    pub(super) fn numbers(self, group: usize) -> Numbers<'a> {
        Numbers(&self.members.0[self.starts.range(group)])
    }
}

impl<'a> Texts<'a> {
    pub(super) fn len(self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn get(self, at: usize) -> &'a [u8] {
        &self.text[self.starts.range(at)]
    }
}

/// Writes parts, each behind its length.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    /// # Panics
    /// At 4 GiB, which the words of packs are held to stay below.
    pub(super) fn octets(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(&number(octets.len()));
        self.0.extend_from_slice(octets);
    }

    pub(super) fn numbers(&mut self, numbers: impl IntoIterator<Item = usize>) {
        let octets: Vec<u8> = numbers.into_iter().flat_map(number).collect();
        self.octets(&octets);
    }

    pub(super) fn groups(&mut self, groups: &[Vec<usize>]) {
        self.numbers(starts(groups.iter().map(Vec::len)));
        self.numbers(groups.iter().flatten().copied());
    }

    pub(super) fn texts<T: AsRef<[u8]>>(&mut self, texts: &[T]) {
        self.numbers(starts(texts.iter().map(|text| text.as_ref().len())));
        self.octets(&texts.iter().flat_map(AsRef::as_ref).copied().collect::<Vec<u8>>());
    }
}

fn number(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("words are told to be too many before").to_le_bytes()
}

/// Where stretches of these lengths begin, and where the last one ends.
fn starts(lengths: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
    let ends = lengths.scan(0, |end, length| {
        *end += length;
        Some(*end)
    });
    std::iter::once(0).chain(ends)
}

/// Reads the parts in the order they were written in.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn octets(&mut self) -> &'a [u8] {
        let (length, rest) = self.0.split_at(4);
        let (part, rest) = rest.split_at(Numbers(length.as_chunks().0).get(0));
        self.0 = rest;
        part
    }

    pub(super) fn numbers(&mut self) -> Numbers<'a> {
        Numbers(self.octets().as_chunks().0)
    }

    pub(super) fn groups(&mut self) -> Groups<'a> {
        Groups { starts: self.numbers(), members: self.numbers() }
    }

    pub(super) fn texts(&mut self) -> Texts<'a> {
        Texts { starts: self.numbers(), text: self.octets() }
    }
}
