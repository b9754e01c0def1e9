sightline --help
