"""Questions on plain RDF: a beam of typed readings, joined along the schema as the data uses it."""
