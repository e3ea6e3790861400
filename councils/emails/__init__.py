"""The mails of the councils, by subject. `CouncilsConfig.ready` imports every module here: its writers register."""
