"""Tests of shell scripts."""
