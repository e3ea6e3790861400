"""The record as PDF and DOCX."""
