"""The type of every pair of types, by torch.result_type: tensor and tensor, tensor and tensor without dimensions, tensor and number.

Run:  python3 oracles/engine/promotion.py > tests/oracles/engine/promotion.csv
"""
import torch

names = dict(Bool=torch.bool, UInt8=torch.uint8, Int8=torch.int8, Int16=torch.int16, Int32=torch.int32, Int64=torch.int64, Float16=torch.float16,
             BFloat16=torch.bfloat16, Float32=torch.float32, Float64=torch.float64, Complex64=torch.complex64, Complex128=torch.complex128)
back = {v: k for k, v in names.items()}
back[torch.complex32] = "Complex64"  # Scorch has no half-precision complex type; the next one holds it.
print("kind,left,right,result")
for left, a in names.items():
    tensor = torch.ones(2, dtype=a)
    for right, b in names.items():
        print(f"tensor,{left},{right},{back[torch.result_type(tensor, torch.ones(2, dtype=b))]}")
        print(f"single,{left},{right},{back[torch.result_type(tensor, torch.ones((), dtype=b))]}")
    for kind, number in [("Bool", True), ("Int64", 1), ("Float64", 1.0), ("Complex128", 1j)]:
        print(f"number,{left},{kind},{back[torch.result_type(tensor, number)]}")
