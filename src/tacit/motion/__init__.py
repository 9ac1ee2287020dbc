"""Hands in motion: finding them, following them, telling the wearer's apart, metres, quality and robot states."""
