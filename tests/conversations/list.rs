// The conversations, by subject. Each is a file of that name.
conversations! {
    join_is_seen_by_all
}
