"""The hall's library (看书听戏): what there is, in which files, and how it is used."""
