//! Numbers that look drawn and are the same on every machine.

/// SplitMix64 (Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Of several seeds, the order of which matters.
    pub fn new(seeds: &[u64]) -> Dice {
        let mut dice = Dice(0);
        for seed in seeds {
            dice.0 = dice.draw() ^ seed;
        }
        dice
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of several, each as likely; `None` of none.
    pub fn choose<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        // The upper half of the product: its error is one in 2^64 per choice.
        let at = (u128::from(self.draw()) * of.len() as u128) >> 64;
        of.get(at as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_published() {
        let mut dice = Dice(1_234_567);
        assert_eq!([dice.draw(), dice.draw()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn choices_are_even_and_those_of_the_seed() {
        let mut counts = [0; 3];
        let mut dice = Dice::new(&[1, 2]);
        for _ in 0..3000 {
            counts[*dice.choose(&[0, 1, 2]).expect("one of three")] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        assert_eq!(dice.choose::<u8>(&[]), None);
        let draw = |seeds: &[u64]| Dice::new(seeds).draw();
        assert_eq!(draw(&[1, 2]), draw(&[1, 2]));
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]));
    }
}
