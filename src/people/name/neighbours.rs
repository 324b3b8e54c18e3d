//! Names one letter or one ending away from another.

use super::Agreement::{Different, Same, Unknown};
use super::tests::check;

#[test]
fn a_name_that_begins_another_is_not_that_name() {
    check(&[
        ("Paula", "Paul Martin", "paul.martin@h.example", Different),
        ("Paul", "Paula Martin", "paula.martin@h.example", Different),
        ("Paul", "", "paula.martin@h.example", Different),
        ("Danielle", "Daniel Wood", "d.wood@h.example", Different),
        ("Daniel", "Danielle Wood", "danielle.wood@h.example", Different),
        ("Carla", "Carl West", "c.west@h.example", Different),
        ("Stefanie", "Stefan Roth", "s.roth@h.example", Different),
        ("Erica", "Eric Roth", "e.roth@h.example", Different),
        ("Harrison", "Tom Harris", "t.harris@h.example", Different),
        ("Harris", "Tom Harrison", "t.harrison@h.example", Different),
        ("Martinez", "Robert Martin", "r.martin@h.example", Different),
        ("Peterson", "Will Peters", "w.peters@h.example", Different),
        ("Smithson", "Ann Smith", "asmith@h.example", Different),
        ("Harris", "Harrison Cole", "h.cole@h.example", Same),
        ("Jack", "Jackson Cole", "j.cole@h.example", Same),
        ("Alex", "Alexandra Moss", "a.moss@h.example", Same),
        ("Sam", "Samantha Moss", "s.moss@h.example", Same),
        ("Chris", "Christine Moss", "c.moss@h.example", Same),
        ("Tim", "Timothy Moss", "t.moss@h.example", Same),
        ("Rob", "Robert Moss", "r.moss@h.example", Same),
        ("Fred", "Frederica Moss", "f.moss@h.example", Same),
        ("Steph", "Stephanie Moss", "s.moss@h.example", Same),
        ("Jackie", "Jack Moss", "j.moss@h.example", Same),
        ("Rosa", "Rosalind Moss", "r.moss@h.example", Same),
        ("Srini", "Srinivasan Rao", "s.rao@h.example", Same),
    ]);
}

#[test]
fn short_surnames_and_initials_in_addresses() {
    check(&[
        ("加藤", "", "t-ito@aoba.example", Different),
        ("鈴木", "", "ito@aoba.example", Different),
        ("鈴木", "", "k-ono@aoba.example", Different),
        ("鈴木", "", "y.abe@aoba.example", Different),
        ("加藤", "", "t.oka@aoba.example", Different),
        ("伊藤", "", "t-ito@aoba.example", Same),
        ("小野", "", "k-ono@aoba.example", Same),
        ("岡", "", "t.oka@aoba.example", Same),
        ("安倍", "", "y.abe@aoba.example", Same),
        ("加藤", "", "ito-shop@aoba.example", Unknown),
        ("加藤", "", "ito@docomo.ne.jp", Unknown),
        ("大林", "小林 恵", "m-kobayashi@aoba.example", Different),
        ("大林", "小林 恵", "kobayashi@aoba.example", Different),
        ("鈴木", "", "tsuzuki@aoba.example", Same),
        ("鈴木", "都築 恵", "tsuzuki@aoba.example", Different),
        ("大林", "", "k.obayashi@aoba.example", Same),
        ("小林", "", "kobayashi@aoba.example", Same),
        ("佐藤", "渡辺 恵", "m.sato@aoba.example", Same),
    ]);
}
