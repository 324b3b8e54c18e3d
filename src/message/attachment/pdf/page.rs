//! What a page shows, glyph by glyph, and where: the operators of ISO 32000-1, 9.2 to 9.4, and of 8.4 and 8.10 as far as
//! they move text.

use std::collections::HashMap;
use std::rc::Rc;

use super::file::File;
use super::font::{Font, Shown};
use super::layout::{Glyph, Sheet};
use super::syntax::{Lexer, Token};
use super::value::{Dict, Value};

/// Operands of one operator; ISO 32000-1 has no operator with more than six.
const MAX_OPERANDS: usize = 64;
/// States saved inside one another; Annex C knows 28.
const MAX_SAVED: usize = 64;
/// Forms inside forms.
const MAX_FORMS: usize = 8;

/// `[a b c d e f]` of ISO 32000-1, 8.3.3.
pub(super) type Matrix = [f64; 6];

pub(super) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `m`, then `n`.
fn product(m: &Matrix, n: &Matrix) -> Matrix {
    [
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    ]
}

fn matrix(operands: &[Value]) -> Option<Matrix> {
    let numbers: Vec<f64> = operands.iter().filter_map(Value::number).collect();
    numbers.try_into().ok()
}

/// The lower left corner of a rectangle (ISO 32000-1, 7.9.5), which may be given by any two.
fn corner(rectangle: &Value) -> Option<(f64, f64)> {
    let numbers: Vec<f64> = rectangle.items().iter().filter_map(Value::number).collect();
    let [x, y, other_x, other_y] = numbers[..] else { return None };
    Some((x.min(other_x), y.min(other_y)))
}

/// The fonts of a file that were read, by object number; nothing for what is no font.
pub(super) type Fonts = HashMap<u32, Option<Rc<Font>>>;

/// What a content stream may name. Forms without their own share those of what shows them.
#[derive(Default)]
struct Resources {
    /// References to fonts, or their dictionaries.
    fonts: HashMap<Vec<u8>, Value>,
    /// Object numbers: a stream is never in another object.
    forms: HashMap<Vec<u8>, u32>,
}

impl Resources {
    fn read(file: &mut File<'_>, from: &Dict) -> Resources {
        let mut entries = |kind: &str| match file.entry(from, kind) {
            Value::Dict(dict) => dict.0,
            _ => Vec::new(),
        };
        let fonts =
            entries("Font").into_iter().filter(|(_, font)| matches!(font, Value::Reference(_) | Value::Dict(_)));
        let forms = entries("XObject").into_iter().filter_map(|(name, form)| match form {
            Value::Reference(number) => Some((name, number)),
            _ => None,
        });
        Resources { fonts: fonts.collect(), forms: forms.collect() }
    }
}

/// The graphics state, as far as it moves text.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

impl State {
    fn new(page: Matrix) -> State {
        State { page, font: None, size: 1.0, char_space: 0.0, word_space: 0.0, stretch: 1.0, leading: 0.0, rise: 0.0 }
    }
}

/// Runs the operators of a page or of a form on it.
pub(super) struct Reader<'r, 'f> {
    pub(super) file: &'r mut File<'f>,
    pub(super) fonts: &'r mut Fonts,
    pub(super) sheet: &'r mut Sheet,
}

/// One content stream being run.
struct Run {
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    resources: Rc<Resources>,
    used: HashMap<Vec<u8>, Option<Rc<Font>>>,
    depth: usize,
}

impl Reader<'_, '_> {
    pub(super) fn page(&mut self, content: &[u8], resources: &Dict, start: Matrix) {
        let resources = Rc::new(Resources::read(self.file, resources));
        self.run(content, resources, State::new(start), 0);
    }

    /// What an annotation shows – a field that was filled in, text typed over a page: ISO 32000-1, 12.5.5.
    pub(super) fn annotation(&mut self, annotation: &Dict, start: Matrix) -> Option<()> {
        let appearances = self.file.entry(annotation, "AP");
        let form = self.file.entry(appearances.dict()?, "N");
        let (x, y) = corner(&self.file.entry(annotation, "Rect"))?;
        let (left, bottom) = corner(&self.file.entry(form.dict()?, "BBox"))?;
        let state = State::new(product(&[1.0, 0.0, 0.0, 1.0, x - left, y - bottom], &start));
        self.form(&form, state, &Rc::default(), 0);
        Some(())
    }

    /// Each byte of the content is paid for, and what an operator takes beyond its own bytes – an object, a font – pays for
    /// itself. So text goes on being shown where nothing is left: a long page is known by its beginning.
    fn run(&mut self, content: &[u8], resources: Rc<Resources>, state: State, depth: usize) {
        let mut run =
            Run { state, saved: Vec::new(), text: IDENTITY, line: IDENTITY, resources, used: HashMap::new(), depth };
        let mut lexer = Lexer::endless(content);
        let mut operands = Vec::new();
        while let Some(token) = lexer.token() {
            match token {
                Token::Value(value) if operands.len() < MAX_OPERANDS => operands.push(value),
                Token::Value(_) => {}
                Token::Word(b"BI") => skip_picture(&mut lexer),
                Token::Word(word) => {
                    self.operator(&mut run, word, &operands);
                    operands.clear();
                }
            }
            if self.sheet.is_full() {
                return;
            }
        }
    }

    fn operator(&mut self, run: &mut Run, word: &[u8], operands: &[Value]) {
        let number = |n: usize| operands.get(n).and_then(Value::number);
        let set = |to: &mut f64| *to = number(0).unwrap_or(*to);
        let state = &mut run.state;
        match word {
            b"q" if run.saved.len() < MAX_SAVED => run.saved.push(state.clone()),
            b"Q" => run.state = run.saved.pop().unwrap_or(run.state.clone()),
            b"cm" => state.page = matrix(operands).map_or(state.page, |by| product(&by, &state.page)),
            b"BT" => (run.text, run.line) = (IDENTITY, IDENTITY),
            b"Tc" => set(&mut state.char_space),
            b"Tw" => set(&mut state.word_space),
            b"Tz" => state.stretch = number(0).map_or(state.stretch, |percent| percent / 100.0),
            b"TL" => set(&mut state.leading),
            b"Ts" => set(&mut state.rise),
            b"Tf" => {
                state.size = number(1).unwrap_or(state.size);
                run.state.font = operands.first().and_then(|name| self.font(run, name.name()));
            }
            b"Td" => run.next_line(number(0), number(1)),
            b"TD" => {
                state.leading = -number(1).unwrap_or(0.0);
                run.next_line(number(0), number(1));
            }
            b"Tm" => {
                run.line = matrix(operands).unwrap_or(run.line);
                run.text = run.line;
            }
            b"T*" => run.new_line(),
            b"Tj" | b"TJ" => self.show(run, operands.first()),
            b"'" => {
                run.new_line();
                self.show(run, operands.first());
            }
            b"\"" => {
                (state.word_space, state.char_space) = (number(0).unwrap_or(0.0), number(1).unwrap_or(0.0));
                run.new_line();
                self.show(run, operands.get(2));
            }
            b"Do" => {
                if let Some(form) = operands.first().and_then(|name| run.resources.forms.get(name.name())) {
                    let form = self.file.object(*form);
                    self.form(&form, run.state.clone(), &run.resources, run.depth + 1);
                }
            }
            _ => {}
        }
    }

    fn font(&mut self, run: &mut Run, name: &[u8]) -> Option<Rc<Font>> {
        if let Some(font) = run.used.get(name) {
            return font.clone();
        }
        let resources = run.resources.clone();
        let value = resources.fonts.get(name)?;
        let font = match value {
            Value::Reference(number) => match self.fonts.get(number) {
                Some(known) => known.clone(),
                None => {
                    let font = self.read_font(value);
                    self.fonts.insert(*number, font.clone());
                    font
                }
            },
            _ => self.read_font(value),
        };
        run.used.insert(name.to_vec(), font.clone());
        font
    }

    fn read_font(&mut self, font: &Value) -> Option<Rc<Font>> {
        if self.file.left() == 0 {
            return None;
        }
        let font = self.file.resolved(font);
        Some(Rc::new(Font::read(self.file, font.dict()?)))
    }

    fn form(&mut self, form: &Value, mut state: State, resources: &Rc<Resources>, depth: usize) {
        let Value::Stream(form) = form else { return };
        if depth > MAX_FORMS || form.dict.get("Subtype").name() == b"Image" {
            return;
        }
        let content = self.file.stream(form);
        if let Some(by) = matrix(self.file.entry(&form.dict, "Matrix").items()) {
            state.page = product(&by, &state.page);
        }
        let resources = match self.file.entry(&form.dict, "Resources") {
            Value::Dict(own) => Rc::new(Resources::read(self.file, &own)),
            _ => resources.clone(),
        };
        self.run(&content, resources, state, depth);
    }

    fn show(&mut self, run: &mut Run, what: Option<&Value>) {
        let Some(font) = run.state.font.clone() else { return };
        let strings = match what {
            Some(Value::Array(items)) => &items[..],
            Some(string) => std::slice::from_ref(string),
            None => &[],
        };
        for item in strings {
            match item {
                Value::Number(back) => run.advance(&font, -back / 1000.0 * run.state.size),
                Value::String(bytes) => font.show(bytes, |shown| run.glyph(&font, shown, self.sheet)),
                _ => {}
            }
        }
    }
}

impl Run {
    fn next_line(&mut self, x: Option<f64>, y: Option<f64>) {
        self.line = product(&[1.0, 0.0, 0.0, 1.0, x.unwrap_or(0.0), y.unwrap_or(0.0)], &self.line);
        self.text = self.line;
    }

    fn new_line(&mut self) {
        self.next_line(None, Some(-self.state.leading));
    }

    /// ISO 32000-1, 9.4.4.
    fn advance(&mut self, font: &Font, by: f64) {
        let step = if font.is_vertical {
            [1.0, 0.0, 0.0, 1.0, 0.0, -by]
        } else {
            [1.0, 0.0, 0.0, 1.0, by * self.state.stretch, 0.0]
        };
        self.text = product(&step, &self.text);
    }

    fn glyph(&mut self, font: &Font, shown: Shown, sheet: &mut Sheet) {
        let state = &self.state;
        let at = product(
            &[state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise],
            &product(&self.text, &state.page),
        );
        // Where the text runs: right, or down in vertical writing.
        let (along, width) = if font.is_vertical { ((-at[2], -at[3]), 1.0) } else { ((at[0], at[1]), shown.width) };
        let spacing = state.char_space + if shown.is_space { state.word_space } else { 0.0 };
        let by = width * state.size + spacing;
        sheet.add(&shown.text, Glyph::new((at[4], at[5]), along, width * along.0.hypot(along.1), at[2].hypot(at[3])));
        self.advance(font, by);
    }
}

/// A picture in the content itself: ISO 32000-1, 8.9.7. Its bytes are no operators.
fn skip_picture(lexer: &mut Lexer<'_>) {
    let rest = lexer.rest();
    let end =
        |window: &[u8]| window[1..3] == *b"EI" && [window[0], window[3]].iter().all(|byte| byte.is_ascii_whitespace());
    lexer.at += rest.windows(4).position(end).map_or(rest.len(), |at| at + 3);
}
