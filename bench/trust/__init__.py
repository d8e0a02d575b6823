"""Tests of the promises of docs/TRUST.md; each module tests one of them."""
