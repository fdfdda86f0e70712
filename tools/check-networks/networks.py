"""The networks that are exported: name, library, input size. Of each family a small member of every
kind of block that it has."""

TORCHVISION = {
    # Their adaptive pooling to 7x7 or 6x6 is one only of what 224 pixels make.
    "alexnet": 224, "vgg11": 224, "vgg11_bn": 224,
    "resnet18": 96, "resnet50": 96, "resnext50_32x4d": 96, "wide_resnet50_2": 96,
    "squeezenet1_0": 96, "squeezenet1_1": 96, "densenet121": 96,
    "googlenet": 96, "inception_v3": 128,
    "shufflenet_v2_x0_5": 96, "shufflenet_v2_x1_5": 96,
    "mobilenet_v2": 96, "mobilenet_v3_small": 96, "mobilenet_v3_large": 96,
    "mnasnet0_5": 96, "mnasnet1_3": 96, "efficientnet_b0": 96, "efficientnet_v2_s": 96,
    "regnet_x_400mf": 96, "regnet_y_400mf": 96, "convnext_tiny": 96,
}

TIMM = {
    "mobilenetv1_100": 96, "mobilenetv2_050": 96, "mobilenetv3_small_050": 96,
    "mobilenetv3_large_100": 96, "tf_mobilenetv3_small_minimal_100": 96,
    "mobilenetv4_conv_small": 96, "mobilenetv4_conv_medium": 96, "mobilenetv4_hybrid_medium": 96,
    "efficientnet_b0": 96, "tf_efficientnet_b0": 96, "efficientnet_lite0": 96,
    "tf_efficientnet_lite0": 96, "efficientnet_es": 96, "tf_efficientnetv2_b0": 96,
    "mixnet_s": 96, "mnasnet_050": 96, "semnasnet_075": 96, "spnasnet_100": 96,
    "fbnetc_100": 96, "fbnetv3_b": 96, "hardcorenas_a": 96,
    "ghostnet_100": 96, "ghostnetv2_100": 96, "lcnet_050": 96, "tinynet_a": 96, "tinynet_e": 96,
    "rexnet_100": 96, "regnetx_002": 96, "regnety_002": 96, "regnetz_b16": 96,
    "resnet18": 96, "resnet26d": 96, "resnet26t": 96, "seresnet50": 96, "ecaresnet26t": 96,
    "resnetblur50": 96, "skresnet18": 96, "repvgg_a0": 96, "mobileone_s0": 96, "mobileone_s4": 96,
    "densenet121": 96, "inception_v3": 128, "inception_v4": 128, "xception41": 96,
    "dla34": 96, "dla46_c": 96, "dla60_res2net": 96, "res2net50_26w_4s": 96,
    "hgnet_tiny": 96, "hgnetv2_b0": 96, "darknet53": 96, "cspdarknet53": 96, "cspresnet50": 96,
    "vovnet39a": 96, "ese_vovnet19b_dw": 96, "selecsls42b": 96, "hrnet_w18_small": 96,
}

NETWORKS = [("torchvision", name, side) for name, side in TORCHVISION.items()] + [
    ("timm", name, side) for name, side in TIMM.items()]
