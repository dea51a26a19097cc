// tfload_quiet begins to filter what C code writes to its stream stderr: messages of
// TensorFlow below the level of TF_CPP_MIN_LOG_LEVEL are dropped. tfload_aloud ends it.
void tfload_quiet(void);
void tfload_aloud(void);
