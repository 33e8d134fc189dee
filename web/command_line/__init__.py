"""The command ``yaozheng``: thin commands over the same services as the web; ``main`` lists them all."""
