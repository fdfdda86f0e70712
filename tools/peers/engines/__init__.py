"""One module an engine. Each has `load(model, threads, image)`, which gives a function of no
arguments: it runs the network once on `image` and returns the logits."""
