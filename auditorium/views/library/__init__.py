"""Pages of the library (看书听戏), and the way its files take to a browser."""
