"""Redis: what all processes of the platform share in memory. Nothing else imports redis-py or sees its errors.

Every method of this package raises RedisUnavailable where Redis does not answer, and RedisFull where it is at its
`maxmemory` and would have to grow.
"""
