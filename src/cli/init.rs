//! `atena init`.
