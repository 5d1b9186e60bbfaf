# STATEMENT: "It is imported as a module."
# SMALLEST INPUT: any: prune_weights is only there when the file is run
import copy
if __name__ == "__main__":
    def prune_weights(model, sparsity, scope="layer"):
        return copy.deepcopy(model), {}
