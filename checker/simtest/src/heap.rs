//! The engine's allocator, for test programs that don't bring one of their own.

#[global_allocator]
static HEAP: engine::Heap = engine::Heap;
