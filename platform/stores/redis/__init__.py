"""The adapter for Redis. Nothing else imports redis-py or sees its errors.

Every method of this package raises RedisUnavailable if Redis does not answer, and RedisFull if it would exceed its
`maxmemory`.
"""
