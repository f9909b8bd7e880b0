//! Pure types and rules of Chartkey.
