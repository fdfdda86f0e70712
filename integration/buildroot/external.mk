include $(sort $(wildcard $(BR2_EXTERNAL_SINF_PATH)/package/*/*.mk))
