"""What each field and each consent may be, given the mapping, the people and the history of human acts."""
