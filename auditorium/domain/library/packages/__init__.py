"""Channels that travel on a USB stick: one zip with a manifest and its files, each under its checksum.

    manifest.json            what `manifest` describes
    files/<sha256>           each content once

`exporting` makes it, `archive` opens one that nobody vouches for, `importing` takes in what is whole and new.
"""
