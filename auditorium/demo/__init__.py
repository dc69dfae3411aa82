"""The demo's halls, people and visits: invented, loaded once, on no installation but a demo."""
