"""Decides what pages whom, and tells them: deciders here, `channels` sends, `message.build` writes what is sent."""
