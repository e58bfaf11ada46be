//! By subject: how people come in, what they see of each other, what a broken network and a second
//! tab do, what a stranger's text may not do, how the page is read, written to and looked at.

mod attack;
mod callers;
mod contrast;
mod hanging;
mod keeping;
mod login;
mod long;
mod looks;
mod moderation;
mod network;
mod past;
mod pending;
mod reading;
mod rooms;
mod search;
mod session;
mod site;
mod support;
mod talk;
mod unwelcome;
mod writing;
