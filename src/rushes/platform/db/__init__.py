"""PostgreSQL: the engine, the tables, the queries, the migrations. One dialect, no second one."""
