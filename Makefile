# The commands a person types. Each is a script that can be read: scripts/NAME.
.DEFAULT_GOAL := help
.PHONY: help demo test prove bench leak-proof lint dev prepare dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: ## Chartkey with an invented clinic, on this machine; Ctrl-C ends everything
	@scripts/demo

test: ## every test: formatting, lints, Rust, browser
	@scripts/test

prove: ## what is promised, at full size (hours); writes docs/proof.md
	@scripts/prove

leak-proof: ## that what is kept from a reader changes nothing for them; one that is planted is found
	@scripts/prove leaks planted-leaks --size full

lint: ## formatting and lints only
	@scripts/lint

bench: ## speed and size beside their floors
	@scripts/bench

dev: ## serve and rebuild on save
	@scripts/dev

dist: ## an archive that an operator installs, with its SHA-256
	@scripts/dist

prepare: ## refresh .sqlx after a change of a query or a migration
	@scripts/prepare
