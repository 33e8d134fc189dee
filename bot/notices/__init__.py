"""Notices to enterprises: the inbox, what goes into it, how people hear of it elsewhere."""
