"""Sources: files of many kinds in, documents with passages out."""
