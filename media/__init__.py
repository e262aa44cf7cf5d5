"""The sound: from RTP packets to one mix, its packages, recordings and clips."""
