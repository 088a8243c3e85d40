"""The images of the testbed: our own by our Dockerfile, and stand-ins for those that it cannot pull.

`python -m tests.testbed.images` makes what is missing, as docker archives in the cache, named by what they are made of.
"""
