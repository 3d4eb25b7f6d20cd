// Placeholder until the engine build lands.
