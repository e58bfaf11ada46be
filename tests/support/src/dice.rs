//! Chance that can be repeated: a test says its seed, and the same seed makes the same choices.

use std::hash::{BuildHasher, RandomState};

/// A generator of pseudo-random numbers (SplitMix64, Steele and others 2014).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed that an environment variable holds, or one by chance; it is printed, and shown when
    /// the test fails.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn thrown(variable: &str) -> Self {
        let given = std::env::var(variable).ok();
        let seed = given.map_or_else(
            || RandomState::new().hash_one(variable) >> 32,
            |text| text.parse().expect("a number as a seed"),
        );
        eprintln!("to repeat: {variable}={seed}");
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end
    }

    /// Whether it happens, in so many cases of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these, of which there is one at least.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let at = self.below(all.len() as u64);
        all[usize::try_from(at).expect("an index")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_repeated_and_another_one_differs() {
        let thrown = |seed| {
            let mut dice = Dice::seeded(seed);
            [(); 8].map(|()| dice.below(1000))
        };
        assert_eq!(thrown(1), thrown(1));
        assert_ne!(thrown(1), thrown(2));
    }

    #[test]
    fn chance_is_about_as_often_as_asked() {
        let mut dice = Dice::seeded(7);
        let often = (0..10_000).filter(|_| dice.chance(30)).count();
        assert!((2_800..3_200).contains(&often), "{often}");
    }
}
