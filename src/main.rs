//! `wmrole`, the program: everything is in the library.

fn main() {}
