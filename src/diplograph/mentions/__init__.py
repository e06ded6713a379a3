"""What a sentence mentions: names, descriptions of persons and groups, times."""
