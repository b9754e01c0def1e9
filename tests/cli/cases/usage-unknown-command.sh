sightline scroe photos -c cat
