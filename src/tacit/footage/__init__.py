"""Containers in and out, decoding, anonymising: from a video file to clean frames, clean video and its parts."""
