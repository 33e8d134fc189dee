"""Readers: one module for each training set, each giving plain records."""
