"""Tests of trainlint; the packages hold what the test modules share."""
