//! Streams unpacked, in bounded work: ISO 32000-1, 7.4. Pictures' own filters are left alone: no text is in them.

use flate2::{Decompress, FlushDecompress, Status};

use super::syntax::{is_blank, nibble};
use super::value::Dict;

/// Unpacks with one filter; what was unpacked before an error is what a viewer would show, too. `None` for a filter that
/// holds no text.
pub(super) fn apply(filter: &[u8], params: &Dict, data: &[u8], most: usize) -> Option<Vec<u8>> {
    let out = match filter {
        b"FlateDecode" | b"Fl" => predicted(inflated(data, most), params),
        b"LZWDecode" | b"LZW" => predicted(lzw(data, params.get("EarlyChange").index() != Some(0), most), params),
        b"ASCII85Decode" | b"A85" => ascii85(data, most),
        b"ASCIIHexDecode" | b"AHx" => ascii_hex(data, most),
        b"RunLengthDecode" | b"RL" => run_length(data, most),
        // The decryption itself is not this module's.
        b"Crypt" => data[..data.len().min(most)].to_vec(),
        _ => return None,
    };
    Some(out)
}

fn inflated(data: &[u8], most: usize) -> Vec<u8> {
    let with_header = inflate(data, true, most);
    if with_header.is_empty() { inflate(data.get(2..).unwrap_or_default(), false, most) } else { with_header }
}

fn inflate(data: &[u8], header: bool, most: usize) -> Vec<u8> {
    /// Grown by so much at a time: the length that a stream claims for itself is not asked for.
    const STEP: usize = 16 << 10;
    let mut state = Decompress::new(header);
    let mut out = Vec::new();
    while out.len() < most {
        let (read, written) = (state.total_in(), out.len());
        out.reserve_exact(STEP.max(out.len()).min(most - out.len()));
        let rest = &data[usize::try_from(read).unwrap_or(data.len()).min(data.len())..];
        let status = state.decompress_vec(rest, &mut out, FlushDecompress::None);
        let stands_still = state.total_in() == read && out.len() == written;
        if !matches!(status, Ok(Status::Ok)) || stands_still {
            break;
        }
    }
    out.truncate(most);
    out
}

/// ISO 32000-1, 7.4.4: codes of 9 to 12 bits, 256 clears the table, 257 ends.
fn lzw(data: &[u8], early: bool, most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    // Where in the output each code's text stands.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut last: Option<(usize, usize)> = None;
    let (mut bits, mut held, mut width) = (0_u32, 0, 9);
    for byte in data {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = (bits >> held & ((1 << width) - 1)) as usize;
        let start = out.len();
        match code {
            257 => break,
            256 => {
                table.clear();
                (last, width) = (None, 9);
                continue;
            }
            0..256 => out.push(code as u8),
            _ => {
                let known = table.get(code - 258).copied();
                // A code may be the one that is just being made: the last text and its first byte again.
                let Some((at, length)) = known.or(last.map(|(at, length)| (at, length + 1))) else { break };
                for n in at..at + length {
                    let Some(byte) = out.get(n).copied() else { return out };
                    out.push(byte);
                }
            }
        }
        if let Some((at, length)) = last.filter(|_| table.len() < 4096 - 258) {
            table.push((at, length + 1));
        }
        last = Some((start, out.len() - start));
        width = match table.len() + 258 + usize::from(early) {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if out.len() >= most {
            break;
        }
    }
    out.truncate(most);
    out
}

fn ascii85(data: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::with_capacity(5);
    for byte in data.iter().copied().filter(|b| !is_blank(*b)) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => break,
        }
        if group.len() == 5 {
            out.extend(word85(&group).to_be_bytes());
            group.clear();
        }
        if out.len() >= most {
            break;
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend(&word85(&group).to_be_bytes()[..kept]);
    }
    out.truncate(most);
    out
}

fn word85(group: &[u8]) -> u32 {
    group.iter().fold(0_u32, |word, digit| word.wrapping_mul(85).wrapping_add(u32::from(*digit)))
}

fn ascii_hex(data: &[u8], most: usize) -> Vec<u8> {
    let digits: Vec<u8> =
        data.iter().take_while(|b| **b != b'>').filter_map(|b| nibble(*b)).take(most.saturating_mul(2)).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

fn run_length(data: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = data;
    while let Some((length, behind)) = rest.split_first().filter(|_| out.len() < most) {
        let length = usize::from(*length);
        match length {
            128 => break,
            ..128 => {
                let run = &behind[..behind.len().min(length + 1)];
                out.extend(run);
                rest = &behind[run.len()..];
            }
            _ => {
                let Some((byte, after)) = behind.split_first() else { break };
                out.extend(std::iter::repeat_n(*byte, 257 - length));
                rest = after;
            }
        }
    }
    out.truncate(most);
    out
}

/// Undoes the PNG predictors (ISO 32000-1, 7.4.4.4), which cross-reference streams have; TIFF's stands in pictures only.
fn predicted(data: Vec<u8>, params: &Dict) -> Vec<u8> {
    let of = |key: &str, default: usize| params.get(key).index().unwrap_or(default).clamp(1, 1 << 16);
    if params.get("Predictor").index().is_none_or(|predictor| predictor < 10) {
        return data;
    }
    let sample = (of("Colors", 1) * of("BitsPerComponent", 8)).div_ceil(8);
    let row = (of("Columns", 1) * of("Colors", 1) * of("BitsPerComponent", 8)).div_ceil(8);
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks(row.saturating_add(1)) {
        let start = out.len();
        for (n, byte) in line[1..].iter().enumerate() {
            let back = |distance: usize| (start + n).checked_sub(distance).map_or(0, |at| out[at]);
            let up = back(row);
            let (left, corner) = if n < sample { (0, 0) } else { (back(sample), back(row + sample)) };
            let guess = match line[0] {
                1 => left,
                2 => up,
                3 => u8::midpoint(left, up),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            out.push(byte.wrapping_add(guess));
        }
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |value: u8| (guess - i16::from(value)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}
