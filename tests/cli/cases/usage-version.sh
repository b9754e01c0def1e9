sightline --version
